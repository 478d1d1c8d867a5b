"""What goes along with experience over places: readmission, medicines, health; never why."""
