"""What a customer is worth and how close he or she is: stage, RFM, churn score, value, cohorts, tiers."""
