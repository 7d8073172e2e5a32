// threads: native threads that call back, in every way the tests need.
