"""Reading patient comments: themes, sentiment, urgency, language, masking (pure, numpy only)."""
