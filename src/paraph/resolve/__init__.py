"""What became of each deal: histories, verdicts and scorecards, read off the signals and never typed in beside them."""
