### 积分办法的页面：读成句子、两版对比、按草稿试。

schemes_line = 行
schemes_read = 读出来是这样
schemes_read_hint = 左边是行号
schemes_compare = 和另一版对比
schemes_compare_with = 和第 { $number } 版对比
schemes_compare_of = { $title }：第 { $old } 版和第 { $new } 版
schemes_compare_same = 两版一字不差，没有可比的。
schemes_compare_rules = 哪些规定不一样
schemes_compare_no_rules = 规定没有变，只是写法不同。
schemes_compare_nothing = 没有
schemes_compare_lines = 哪些行不一样
schemes_gone = 旧：
schemes_come = 新：
schemes_in_force = 当天生效的一版
schemes_version_state = 第 { $number } 版（{ $state }）
schemes_try_draft = 这是草稿，还没有生效。算出来的只给您看，不记账。
