"""Pages of collection: rounds, the form, review, the catalogue, province-wide series (填报页面)."""
