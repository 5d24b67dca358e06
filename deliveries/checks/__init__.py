"""One check of a delivery, from the file to stored rows
and findings; `pipeline` is the order of its steps.
"""
