### 导出服务记录。

export_title = 导出服务记录
export_lead = 按国家标准的栏目，把一段时间已生效的记录导出成表格，不用再录一遍。
export_whole = 要完整的手机号和证件号码
export_whole_words = 平时只给部分号码。要完整的，请写原因；会记下来，每个人都会收到消息。
export_whole_tick = 导出完整的号码
export_workbook = 导出 Excel 表格
export_csv = 只要服务情况（CSV）
export_limit = 一次最多 { $limit } 条记录。
export_too_long = 记录太多：一次最多导出 { $limit } 条。请选短一些的时间，分几次导出。
