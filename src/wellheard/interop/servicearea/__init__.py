"""Hospital Service Area files of CMS: whose Medicare patients live where."""
