### 登录、用户和角色的拒绝理由。

sign_in_failed = 登录失败：登录名或口令不对，或该用户已停用。请核对后再试；忘记口令请找管理员重设。
too_many_tries = 失败次数太多：已暂停登录。请等 { $wait_seconds } 秒再试，或找管理员重设口令。
refresh_token_invalid = 换新凭证无效：它已用过、已过期、已退出，或不是本系统签发的。请重新登录。
bank_missing = 要写明银行：这里有多家积分银行。请填写 bank（短名）。
password_too_short = 口令太短：至少 { $least } 个字符。可以用几个不相干的词连成一句。
password_too_plain = 口令太简单：大写字母、小写字母、数字、其他字符四类中至少要有三类。请补上。
password_guessable = 口令太容易猜到：它是别人首先会猜的那一类（常用词、登录名、重复、键盘顺序、纯数字）。请换一个。
password_unchanged = 口令没有变：新口令与原口令相同。请换一个。
password_due = 口令已到期：每 { $days } 天须更换一次。请同时填写新口令（new_password）。
first_token_invalid = 首位管理员的一次性凭证无效：已用过、不对，或服务重启后已更换。请用最近一次启动时打印的那一个。
own_account = 这是您自己的账号：不能这样改。换口令请在“我的”里办；其他改动请另一位管理员来做。
last_administrator = 这是最后一位管理员：停用后就没有人能管理了。请先给另一位用户授予 administrator 角色。
bank_has_users = 这家积分银行已有用户：首位管理员只设一次。请由现有管理员添加用户。
needs_superior = 这件事不能由您办理：请由上级组织的管理员办理。
home_missing = 请写明用户属于哪个组织：您管理着不止一个组织。请填写其中一个的编号。
roles_exclude = 两种角色不能兼任：已有“{ $other }”，不能再授予“{ $role }”。请先撤销其一。
until_past = 角色期限已过：截止时间须在将来。请改截止时间，或不填。
second_factor_needed = 还要第二道验证：请填手机验证器上的 6 位数字，或一个备用码。
second_factor_wrong = 第二道验证不对：请看验证器上现在的 6 位数字，等它换一次再试；备用码每个只能用一次。
stronger_proof_needed = 用卡登录不能办这件事：卡和密码只用来看存折、出示兑换码、报名。请用口令或短信验证码登录后再办。
stronger_proof_sign_in = 用口令或验证码登录
sign_in_code_title = 用手机验证码登录
sign_in_code_words = 填登录名，我们把 6 位验证码发到您登记的手机上。
sign_in_code_send = 发送验证码
sign_in_code_sent = 登录名对、登记过手机的话，短信马上就到，5 分钟内有效。
sign_in_code_hint = 短信里的 6 位数字
sign_in_code_again = 再发一次验证码
sign_in_with_card = 用存折卡登录
sign_in_card_limits = 用卡登录可以看存折、出示兑换码；到商家还要再输一次密码，按用卡的限额兑换。
sign_in_with_password = 用口令登录
sessions_title = 登录的设备
sessions_words = 不认得的设备，请退出它，再改口令。
sessions_done = 已退出。
sessions_current = 这一台
sessions_opened = 登录
sessions_used = 最近使用
sessions_end = 退出这台
sessions_end_others = 退出其他所有设备
session_client = { $client ->
    [phone] 手机
    [computer] 电脑
    [wechat] 微信
    [program] 程序
   *[other] 设备
 }
factor_title = 第二道验证
factor_words = 设好以后，登录除了口令，还要手机验证器上的 6 位数字。口令被人知道了，别人也进不来。
factor_required = 您是管理员或审计员：先设好第二道验证，才能办理这些事。
factor_begin = 现在就设
factor_scan = 用验证器扫一扫
factor_type = 不能扫的话，把这串字输进验证器：
factor_digits_hint = 验证器上现在的 6 位数字
factor_confirm = 设好了
factor_in_use = 已经设好
factor_left = 还有 { $count } 个备用码没用。
factor_hint = 验证器上的 6 位数字，或一个备用码
factor_remove = 取消第二道验证
factor_removed = 第二道验证已取消。
factor_reset = 取消第二道验证
factor_reset_ask = 取消以后本人要重新设。先问清是不是本人。
factor_reset_confirm = 确认取消
factor_codes_title = 第二道验证设好了
factor_codes_words = 请把这些备用码抄下来收好，只显示这一次。手机丢了，一个备用码可以登录一次。
