### 特长和意愿：志愿者会什么、愿意做什么，活动要什么。

skill_missing = 这项活动要会：{ $skills }。会的话，请先在“特长和意愿”里勾上再报名；不会的，请带队人替您报名，或看看别的活动。
message_invited = 有一项活动想请您来
wishes_title = 特长和意愿
wishes_lead = 勾上您会的、愿意做的。合适的活动会排在前面，社区有需要时也会给您发消息。不勾也可以。
wishes_skills = 我会
wishes_weekdays = 我有空的日子
wishes_kinds = 我愿意做的
wishes_places = 我愿意去的地方
wishes_nothing_listed = 目录里还没有。
wishes_save = 保存
wishes_done = 已保存。
wishes_now = 别人刚改过：现在一共勾了 { $count } 项。再保存一次，就以您勾的为准。
weekday = { $day ->
    [monday] 星期一
    [tuesday] 星期二
    [wednesday] 星期三
    [thursday] 星期四
    [friday] 星期五
    [saturday] 星期六
   *[sunday] 星期日
 }
skills_title = 特长目录
skills_lead = 志愿者从这里勾自己会的，活动从这里选要什么。停用的不再给人选，已经勾过的还在。
skills_listed = 目录
skills_name_hint = 如：急救、手语、理发
skills_add = 添加
skill_required = 要会{ $skill }
skill_welcome = 最好会{ $skill }
skills_asked = 要什么特长
skills_asked_hint = “要会”的，没有勾这一项的人自己报不上名，您可以替他报。
skills_not_asked = 不要求
skills_is_welcome = 最好会
skills_is_required = 要会
activities_kind_none = 不分
suits_you = 适合您
suits_lacking = 您还没有勾上：{ $skills }
suits_because = { $why ->
    [weekday] 那天有空
    [kind] 愿意做
    [place] 愿意去
   *[skill] 有特长
 }
suitable_title = 适合的人
suitable_whom = 请谁来
suitable_none = 还没有合适的人
suitable_none_words = 这里列出在您辖区内、填过特长和意愿、还没报名的人。
suitable_invite = 发消息邀请
suitable_invited = 已邀请
suitable_told = 已发消息。每人每项活动只发一次。
position_words = 您同意过：签到时会问一下手机在不在现场，只记“在”或“不在”。手机不让看也没关系，照样签到。
whereabouts = { $place ->
    [inside] 在现场
   *[outside] 不在现场
 }
spot_title = 现场范围（可不填）
spot_hint = 填了以后，同意过“位置”的人自助签到时，会记他在不在这个圈里。只记在或不在，不拦人。
spot_here = 用我现在的位置
