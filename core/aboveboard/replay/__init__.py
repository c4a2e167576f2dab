"""What would a changed policy have decided? Recorded decisions, judged anew and compared."""
