"""Segments: lifecycle stage, RFM, churn score, value, cohorts, saved segments."""
