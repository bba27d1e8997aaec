### 银行名称和生效的设置。

settings_menu = 设置
settings_title = 银行名称和设置
settings_name_hint = 每一页的左上角、存折和打印件上都是这个名称。
settings_rename = 改成这个名称
settings_renamed = 名称已改好。
settings_in_force = 生效的设置
settings_hint = 只能看，不能在这里改。要改，请负责服务器的人改设置文件或环境变量，再重新启动。口令不显示。
settings_none = 这个服务没有读到设置。
settings_about = 设置
settings_value = 值
settings_from = 来自
settings_default = 默认
settings_empty = （空）
settings_section = { $section ->
    [store] 存放
    [http] 网页服务
    [limits] 访问次数
    [sign_in] 登录
    [senders] 消息发送
    [times] 时限
    [log] 日志
   *[other] 其他
 }
senders_menu = 消息发送
senders_title = 消息发送
senders_lead = 每条消息都在本人的消息页里。这里管的是另外怎样送到手机和邮箱。
senders_channels = 发送方式
senders_no_channels = 现在没有另外的发送方式。下面可以登记短信或公众号的消息接口；邮件由负责服务器的人在设置里开。
senders_nothing_open = 没有积压
senders_stuck = 没发出去的
senders_none_stuck = 没有。发不出去的消息会隔一会儿再试，两天还不成就列在这里。
senders_try = 发一条试试
senders_new = 登记消息接口
senders_new_hint = 短信平台或公众号平台接收消息的地址。只发给登记了手机号的储户，本人可以不要。
senders_name_hint = 储户看到的名称，例如：短信
senders_code_hint = 小写字母、数字，例如 sms；以后不能改
senders_url_hint = 公网上 https 开头的地址
senders_register = 登记这个接口
senders_secret_title = 接口登记好了
senders_secret_words = 这是签名密钥，只显示这一次。请交给管理那个平台的人，用来核对消息是本银行发的。
senders_secret_kept = 记下了
senders_done = { $done ->
    [tried] 试发的消息正在路上，请到那边看看有没有收到。
    [delivery] 已办好。
   *[hook] 已改好。
 }
choices_title = 消息怎么送
choices_lead = 每条消息都在这里的消息页，不会少。下面选的是另外再怎样告诉您。
choices_none = 现在只有消息页
choices_none_words = 社区还没有开通短信和邮件。
choices_mail_hint = 不填就不发邮件
choices_no_phone = 您的存折上没有手机号，收不到短信。请到社区登记。
choices_save = 就这样送
choices_saved = 记下了，以后就这样送。
