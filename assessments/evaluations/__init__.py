"""The work of an evaluation of enterprises (企业分类综合评价): collect, compute, save, explain."""
