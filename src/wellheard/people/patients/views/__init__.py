"""Views of patients, for staff. Every look at a patient is written down."""
