"""Text messages by a gateway that speaks Twilio's HTTP contract."""
