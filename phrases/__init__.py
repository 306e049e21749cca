"""The whole judgement: catalogs, matching, what is due, dialogues, verdicts, scores."""
