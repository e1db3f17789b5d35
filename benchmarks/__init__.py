"""How fast Milepost is, as ratios whose two sides are measured turn by turn in the same run."""
