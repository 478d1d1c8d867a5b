"""What is said in public beside what patients tell us."""
