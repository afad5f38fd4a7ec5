"""Does one model answer all the time, and does what is told of it agree with itself?"""
