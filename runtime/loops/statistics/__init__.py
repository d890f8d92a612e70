"""Whether two histograms are of one distribution: pure arithmetic, with the rate of false alarms that it states."""
