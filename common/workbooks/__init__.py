"""Reading workbooks that people send (读取上传的表格): one guarded reader for every floor."""
