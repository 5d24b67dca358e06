"""DOC: act, contact and dates of a submission; outside the check of the file and of `valid`."""
