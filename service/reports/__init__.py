"""Reports on paper and in spreadsheets: of a shift, a day, a month."""
