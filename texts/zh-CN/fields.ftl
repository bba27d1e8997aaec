### 请求里一个字段的错误。

field_missing = 缺少内容：{ member }必须填写。请补上。
field_unknown = 不认识的内容：{ member }不属于这个请求。可用的有：{ $allowed }。请删去或更正拼写。
field_duplicate = 内容重复：{ member }出现了不止一次。请只保留一个。
field_wrong_type = 类型不对：{ member }应为{ expected_value }。请改写。
field_not_one_of = 不在可选值内：{ member }可为：{ $allowed }。请选其中之一。
field_too_short = 太短：{ member }至少要有 { $least } 个字符。请补全。
field_too_long = 太长：{ member }最多 { $most } 个字符。请缩短。
field_too_few_items = 条目太少：{ member }至少要有 { $least } 条。请补上。
field_too_many_items = 条目太多：{ member }最多 { $most } 条。请分几次提交。
field_too_small = 数值太小：{ member }不能小于 { $least }。请改大。
field_too_large = 数值太大：{ member }不能大于 { $most }。请改小。
field_blank = 有多余的空白：{ member }的首尾不能是空白，也不能只有空白。请去掉。
field_control_character = 有看不见的字符：{ member }的第 { $position } 个字符（{ $sign }）看不见。请整个删去后重新输入。
field_control_character_somewhere = 有看不见的字符：{ member }里有看不见的字符。请整个删去后重新输入。
field_personal_number = 含有{ personal_number }：{ member }会原样保存，不能写进{ personal_number }。请删去；要登记号码，请填在志愿者档案的手机号或证件号一栏。
field_floating_number = 不能用浮点数：{ member }请写成文本，如 "12.50"，或写成整数。
field_not_plain_decimal = 不是普通小数：{ member }只能由数字和一个小数点组成，如 "12.50"。请改写。
field_too_many_decimals = 小数位太多：{ member }最多 { $decimals } 位小数。请改写。
field_not_positive = 必须大于零：{ member }不能是零或负数。请改成正数。
field_not_an_id = 不是编号：{ member }应为 36 个字符的 UUID，如 0197f000-0000-7000-8000-000000000001。请核对。
field_not_a_day = 不是日期：{ member }应为 1900 至 2199 年间的日期，写作 2026-10-31。请改写。
field_days_reversed = 日期颠倒：{ member }（{ $from }）晚于截止日（{ $until }）。请改正其中一个。
field_not_a_moment = 不是时间：{ member }应为 1900 至 2199 年间的 RFC 3339 时间，如 2026-10-31T08:00:00+08:00。请改写。
field_wrong_form = 格式不对：{ member }{ $form }。请改写。
field_nested_too_deep = 嵌套太深：{ member }超过 { $most } 层。请减少层数。
field_bad_cursor = 翻页标记无效：{ member }不是由这个列表给出的，或与其他参数不符。请从第一页重新开始。
field_refused = 内容不对：{ member }不能接受。请对照接口文档改写。
member = { $place ->
    [whole_body] 整个请求体
    [whole_query] 整个查询参数
    [whole_header] 整个请求头
    [form] “{ $path }”
    [body] 字段“{ $path }”
    [query] 查询参数“{ $path }”
   *[header] 请求头“{ $path }”
 }
expected_value = { $expected ->
    [text] 文本
    [whole_number] 整数
    [true_or_false] true 或 false
    [list] 列表
    [object] 对象
    [amount] 写成文本的小数（如 "12.50"）或整数
   *[other] 另一种值，见接口文档
 }
personal_number = { $what ->
    [phone] 手机号
   *[id_number] 身份证号
 }
form_login_name = 只能用小写字母、数字和 . _ -，以字母或数字开头
form_refresh_token = 应为登录时得到的 144 个字符
form_device = 应为登录时得到的 128 个字符
form_first_token = 应为服务启动时打印的 64 个字符
form_slug = 只能用小写字母、数字和 -，以字母或数字开头
form_code = 只能用字母、汉字、数字和 . _ / -，以字母、汉字或数字开头
form_key = 只能用可见的 ASCII 字符
form_card = 应为卡上二维码下面的号码、版次和六个字母，短横线可以不写
form_slip = 应为单上的号码和四个字母，短横线可以不写
form_pin = 应为 6 位数字
form_check_in_code = 应为 8 位数字
form_certificate_number = 应为 4 位年份、横线和 7 位数字，例如 2026-0000001
form_certificate_code = 应为 12 位数字，或二维码里的 32 个字符
form_redemption_code = 应为 8 位数字，或二维码里的 32 个字符
form_phone_tail = 应为 4 位数字
form_telephone = 应为数字，中间可以有空格、短横和括号
form_initials = 应为小写字母和数字
form_credit_code = 应为营业执照上的 18 位统一社会信用代码，字母用大写：请照着执照再核对一遍
form_rate = 应为 0 至 100000 的数，最多四位小数
form_quantity = 应为大于 0 的数，最多四位小数
form_month = 应为月份，如 2026-10
form_id_number = 只能用字母和数字
form_of_name = 不能用：{ $fault }
form_of_number = 不能用：{ $fault }
form_hook_url = 应为网址，开头是 https://
form_mail_address = 写成 姓名拼音@邮箱网站 的样子
form_sign_in_digits = 应为 6 位数字
form_factor = 应为 6 位数字，或备用码（两段，每段 5 个字母或数字）
