"""Messages to patients: queued with the act they tell of, weighed and sent once each."""
