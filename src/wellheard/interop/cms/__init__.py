"""The files that CMS publishes: hospital, state and national results, read as published."""
