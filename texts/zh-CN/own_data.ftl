### 个人信息：副本、同意、更正、注销。

birth_year_of_document = 出生年份以证件为准：档案里有证件。证件号码不对的，请带证件到社区柜台改。
consent_text_changed = 同意书的文本有了新版本：现在是第 { $version } 版。请重新看一遍，再表示同意。
consent_on_paper = 这一项要由监护人签字：请带监护人到社区柜台签纸质同意书，由工作人员录入。
consent_withdrawn = 本人已撤回同意：{ consent_purpose }不能再记或再公开。请先请本人重新同意。
guardian_consent_missing = 还要监护人同意：这位未满十四周岁。请监护人到社区柜台签同意书，由工作人员录入后，再报名、签到或登记服务。
consent_purpose = { $purpose ->
    [party_membership] 政治面貌
    [location] 位置
    [publication] 公开姓名
   *[under_14] 未满十四周岁（监护人）
 }
consent_text = { $text ->
    [party_membership_1] 我同意社区记录我是不是党员，只用于党员积分和统计，不对外公开。撤回后，档案里立刻清除。
    [location_1] 我同意签到时记录我在不在活动地点。只记“在”或“不在”，不记行踪。
    [publication_1] 我同意公示时写出我的姓和两个星号（如“王**”）。撤回后，公示里只写储户编号。
   *[under_14_1] 我是监护人，同意孩子参加适合年龄的志愿服务，同意为此记录孩子的姓名、服务和积分。
 }
erasure_hindered = 还不能注销：{ erasure_step }。
erasure_step = { $why ->
    [cooling] 冷静期到 { $figure } 前结束，在那之前本人随时可以撤回。请到那天再办
    [roles] 登录账号还担任志愿者以外的角色。请先请管理员撤销这些角色
    [shop] 名下还有开着的商家。请先换店主或关闭商家
    [frozen] 存折已冻结。请先查清原因并解冻
    [points] 还有 { $figure } 分没有用。请先兑换完，或在申请里写明放弃
    [owed] 还有 { $figure } 分待追回。请先存入抵扣，或请社区豁免
    [redemptions] 还有 { $figure } 分的兑换没有办完。请先领取或取消
    [records] 还有 { $figure } 条服务记录或签到没有办完。请先审核完、公示完，或撤回
    [sign_ups] 还有 { $figure } 个活动报了名。请先退出报名
    [proposals] 还有 { $figure } 件申请等待决定。请先复核完，或撤回
   *[household] 家庭户“{ $figure }”用的是本人的名字，户里还有别人。请先给家庭户换一位户主
 }

own_title = 我的资料
own_lead = 银行记着您的什么，都可以拿一份走，也可以更正、注销。
own_copy = 拿一份走
own_copy_words = 一个压缩文件：档案、存折、服务记录、报名、兑换、证明、消息、投诉建议、谁看过您的资料。里面没有口令和密码。
own_copy_button = 下载全部资料
own_copy_logged = 文件里有您完整的手机号和证件号码，请收好。每次下载都会记下来。
own_correct = 哪里不对
own_correct_words = 申请后由工作人员核对。手机号和证件号码，请带证件到柜台改。
own_which = 要更正哪一项
own_which_name = 姓名
own_which_female = 性别：女
own_which_male = 性别：男
own_female = 女
own_male = 男
own_which_trade = 手艺
own_which_party = 我是党员
own_which_no_party = 我不是党员
own_value_hint = 姓名、出生年份或手艺应改成什么；性别、是不是党员不用写。
own_why_hint = 例如：登记时写错了字。
own_correct_button = 申请更正
own_asked_for = 申请更正
own_answer = 答复
own_take_back = 撤回申请
own_no = 否
own_field = { $field ->
    [name] 姓名
    [gender] 性别
    [birth_year] 出生年份
    [trade] 手艺
   *[party_member] 党员
 }
own_asked = { $field }：{ $value }
request_state = { $state ->
    [open] 等待办理
    [approved] 已更正
    [rejected] 没有同意
    [erased] 已注销
   *[withdrawn] 已撤回
 }
own_erase = 注销
own_erase_words = 注销后，姓名、手机号、证件号码、家庭户、消息和登录都删去，不能恢复。账上的每一笔还在，只是不再知道是谁的。原来的编号不会给别人。
own_erasure_cooling = 申请后有 { $days } 天冷静期，这些天里可以随时撤回。之后由管理员办理。
own_erase_from = 最早办理
own_erase_first = 注销前还要办好：
own_gives_up = 剩下的积分我放弃
own_erase_button = 申请注销
own_done = { $done ->
    [correct] 更正申请交上去了。办好后您会收到消息。
    [erase] 注销申请交上去了。冷静期里可以随时撤回。
    [asked] 注销申请记下了，等管理员办理。
    [withdrawn] 申请撤回了。
    [erase_member] 已注销。
    [accept_correction] 已更正。
   *[other] 已办理。
 }
consents_title = 我的同意
consents_lead = 每一项都要您自己同意，不同意也不影响积分和办事。随时可以撤回。
consent_version = 第 { $version } 版
consent_given_at = { $at }同意
consent_given_on_paper = { $at }同意，纸质表：{ $paper }
consent_withdrawn_at = { $at }撤回
consent_never = 没有同意过
consent_give = 同意
consent_withdraw = 撤回
consent_paper_words = 请监护人到柜台签纸质同意书。
consent_done = { $done ->
    [given] 已记下您的同意。
   *[withdrawn] 已撤回，马上起作用。
 }
consent_on_paper_title = 录入纸质同意书
consent_paper_hint = 哪一份表，例如：2026年第12号。
consent_enter = 记下同意
requests_title = 更正和注销
requests_lead = 储户对自己档案的申请。更正由工作人员核对，注销由管理员办理，不能由提出的人自己办。
requests_none = 没有申请
requests_none_words = 有人申请更正或注销，会列在这里。
requests_erasure = 申请注销
requests_erasure_from = 最早 { $from } 办理
requests_erasure_on_paper = 最早 { $from } 办理，纸质表：{ $paper }
requests_gives_up = 本人放弃剩下的积分
requests_erase_button = 记下注销申请
