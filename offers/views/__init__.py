"""Pages of offers: for colleagues (`staff`), and for the person who signs (`visitor`)."""
