"""What a listing shows of its data before anybody buys: masked sample, public profile, pictures of both."""
