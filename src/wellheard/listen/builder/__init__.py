"""Making a survey: a draft, checked and tried out, that two people publish."""
