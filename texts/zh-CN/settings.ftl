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
    [times] 时限
    [log] 日志
   *[other] 其他
 }
