### 登录名归哪位储户。

link_title = 登录名归哪位储户
link_lead = 居民先有了登录名，柜台核对本人以后，申请把它归到本人的存折。由管理员同意。
link_none_title = 没有等着办的申请
link_none = 有人申请了会列在这里。
link_ask_title = 申请归到一本存折
link_login_hint = 居民登录时用的名字。
link_ask_button = 送去同意
link_asked = 已送去，等管理员同意。
