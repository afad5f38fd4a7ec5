"""What each page shows: one typed context a page, made of public launches and totals only."""
