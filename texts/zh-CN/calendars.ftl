### 日历的错误，用作句子的一部分。

calendar_header = 第 { $line } 行应为表头：date、kind、name，用制表符分开
calendar_columns = 第 { $line } 行应有三列，用制表符分开：日期、类别、名称
calendar_date = 第 { $line } 行的“{ $text }”不是日期，应写成 2027-01-01 的样子
calendar_kind = 第 { $line } 行的“{ $text }”应为 off（放假）或 work（上班）
calendar_twice = 第 { $line } 行的 { $day } 已经列过
calendar_other_year = 第 { $line } 行的 { $day } 不在 { $year } 年
calendar_year_incomplete = 第 { $line } 行的 { $day } 所在的年份没有把 1 月 1 日和 10 月 1 日都列为放假
calendar_json = 既不是日期、类别、名称三列的表格，也不是日历的 JSON 文件{ $reason }
calendar_empty = 一天也没有列出
