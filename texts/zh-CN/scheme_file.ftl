### 积分办法文本的错误。

scheme_file_more_faults = 从这里起还有 { $more } 处错误，请先改正以上各处再检查
scheme_file_too_long = 文件过长，最多 { $most_bytes } 字节
scheme_file_unknown_key = 不认识的键「{ $key }」，此处可用：{ $known }
scheme_file_unknown_key_near = 不认识的键「{ $key }」，是不是「{ $near }」？
scheme_file_key_elsewhere = 「{ $key }」不属于这里，请移到{ $places }
scheme_file_beginning = 文件开头（第一个方括号之前）
scheme_file_below = {" "}{ $header } 下面
between_places = 或
scheme_file_not_a_list = { $key } 应写成 [[{ $key }]]
scheme_file_not_a_table = { $key } 只能有一个，应写成 [{ $key }]
scheme_file_missing_key = 缺少「{ $key }」
scheme_file_wrong_type = 此处应为{ $expected ->
    [text] 文字（加引号）
    [number] 数字
    [whole_number] 整数
    [date] 日期，如 2026-01-01
    [flag] true 或 false
    [table] 一组键值
    [list] 列表
    [word_or_table] 规定的词或一组键值
   *[number_word_or_table] 数字、规定的词或一组键值
 }，现为{ $found ->
    [string] 文字
    [integer] 整数
    [float] 小数
    [boolean] 是非值
    [datetime] 日期
    [array] 列表
    [table] 一组键值
   *[other] 另一种内容
 }
scheme_file_not_a_number = 「{ $text }」不是普通小数，请写成 12 或 12.5 这样
scheme_file_too_many_decimals = 小数位过多，最多 { $most } 位
scheme_file_out_of_range = 应在 { $least } 与 { $most } 之间
scheme_file_unknown_word = 不认识「{ $text }」，可用：{ $known }
scheme_file_bad_code = 代码只能用字母、汉字、数字和 - _ .，1 至 64 个字符
scheme_file_bad_text = 文字不能为空，不能有控制字符，最多 { $most } 个字符
scheme_file_duplicate = 代码「{ $code }」重复
scheme_file_dates_reversed = 结束日期早于开始日期
scheme_file_not_rising = 门槛必须逐级升高
scheme_file_bounds_reversed = most 小于 least，请把两个数对调
scheme_file_start_outside = 起点不在 least 和 most 之间，请改起点或改上下限
scheme_file_circle = 组“{ $code }”绕了一圈又归到自己，请改其中一个 group
scheme_file_window_shorter = 上面的组“{ $code }”清得更勤：上面的 over 不能短于下面的
scheme_file_counts_no_points = 组“{ $code }”数的不是分，收不了分：上面的组要写 counts = "points"
scheme_file_not_at_rest = 还没有做事就值分了：请去掉 start，或用 least、most 让起点为 0
scheme_file_priced_by_group = 所归的组数的是次数或时长，分值写在组的 tiers 或 bands 里，请删去这里的
scheme_file_cap_over_counter = 这个上限管到的事项归入了计数的组，两样不能一起用：请把上限写成上面一组的 most
scheme_file_cases_meet = 这一行和前面的一行会同时用到一个人身上，请把类别或日期分开
scheme_file_cases_open = 这张表没有包括所有的人和日子，请加上 otherwise = "needs_person" 或一个分数
scheme_file_nth_gap = 第几次要从 1 起一个接一个写，nth_from 只能是最后一行
scheme_file_never_highest = 只计最高的组里不能有扣分和清零，请移到别的组
scheme_file_only_one_of = 只能写其中一项：{ $keys }
scheme_file_one_needed_of = 至少要写其中一项：{ $keys }
scheme_file_unknown_reference = 文件里没有定义「{ $code }」
scheme_file_too_deep = 类别最多 { $most } 级
scheme_file_no_rate = 「{ $code }」没有每小时或每次的分值，请补上
scheme_file_uneven_thresholds = 各星级要用同样的门槛：都按小时、都按积分，或两者都要
scheme_file_not_with = 与「{ $other }」同用没有意义，请删去其一
scheme_file_fault = 第 { $line } 行第 { $column } 列：{ $what }
scheme_file_fault_at = 第 { $line } 行第 { $column } 列（{ $path }）：{ $what }
scheme_slip_quotes = 「{ $found }」不是半角引号：文字请用 "…" 括起来
scheme_slip_full_width_digits = 数字要用半角，请写成 { $write }
scheme_slip_full_width_sign = 「{ $found }」是全角符号，请写成半角的 { $write }
scheme_slip_unit = 数字后面不写单位：请写成 { $number }，去掉「{ $unit }」
scheme_slip_thousands = 数字里不写逗号，请写成 1000 这样
scheme_slip_leading_zero = 数字不能以 0 开头，请写成 { $write }
scheme_slip_date_form = 日期请写成 2026-01-01 这样
scheme_slip_flag_word = 「{ $found }」请写成 { $write }
scheme_slip_text_without_quotes = 文字要加半角引号：请写成 "{ $word }"
scheme_slip_unclosed_text = 文字缺少引号：开头和结尾都要有 "
scheme_slip_bad_escape = 文字里的反斜杠要写两个：\\
scheme_slip_missing_value = 「=」后面没有内容，请填写
scheme_slip_no_equals = 键和内容之间要用半角的 =
scheme_slip_no_key = 「=」前面没有键，请填写
scheme_slip_key_not_plain = 「{ $key }」不能作键：键只能用小写字母和下划线
scheme_slip_key_meant = 「{ $key }」不能作键，请写成 { $meant }
scheme_slip_header_unclosed = 方括号没有成对：请写成 [hours] 或 [[items]] 这样，单独一行
scheme_slip_list_twice = { $name } 应写成 [[{ $name }]]，每一项都要这样写
scheme_slip_table_twice = [{ $name }] 出现了两次，请合并到一处
scheme_slip_key_twice = 键「{ $key }」写了两次，请只保留一个
scheme_slip_comment_sign = 注释请以 # 开头
scheme_slip_after_value = 内容后面多了「{ $found }」：请删去，说明请写在 # 后面
scheme_slip_unclosed_list = 列表缺少结尾的 ]
scheme_slip_unclosed_table = 大括号没有成对，缺少结尾的 {"}"}
scheme_slip_missing_comma = 各项之间要用半角逗号隔开
scheme_slip_too_deep = 括号套得太深，请拆开来写
scheme_slip_line_break = 换行符不正常：请用文本编辑器另存一次
scheme_slip_other = 这一行看不懂：请写成 键 = 内容，文字加半角引号
