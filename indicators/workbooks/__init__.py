"""Workbooks of Excel and WPS: read safely, matched, written, compared with what is stored (表格往来)."""
