"""Pages of registers (台账页面)."""
