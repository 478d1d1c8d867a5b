"""Who is asked, how, and who stays unheard: plans, draws, waves, response rates, silence."""
