"""`anechoic merge`: one result from the results of several machines."""
