"""The dashboard: pages for people, over the same functions that the API answers with."""
