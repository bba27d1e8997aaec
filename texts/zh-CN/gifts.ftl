### 赠送：家人之间、邻居之间、赠入互助积分池，和从池里发放。

gifts_off = { $form ->
    [family] 现在不能赠给家人：本行没有开放家庭内赠送。想开放，请到社区提建议。
    [donation] 现在不能赠入互助积分池：本行没有开放。想开放，请到社区提建议。
   *[neighbour] 现在不能赠给邻居：本行没有开放邻里赠送。想开放，请到社区提建议。
 }
gift_to_oneself = 不能赠给自己：这是您自己的存折号。请核对对方的存折号。
receiver_unknown = 没有这个存折号：没有找到这位储户。请照他的存折或卡核对。
gift_in_circle = 不能赠送：{ $days } 天内，这位储户赠出的积分已经转到了您这里，再赠回去就绕成一圈了。这些积分请自己用，或过后再赠。
giver_too_young = 还不能赠送：未满十八岁不能自己赠送积分。积分可以自己兑换，成年以后再赠。
giver_owes = 现在不能赠送：您还有 { $owed }待追回。请先到社区把它结清。
gift_day_limit = 超过每天的赠送上限：一天最多 { $limit }，今天还剩 { $left }。请减少，或明天再赠。
gift_person_limit = 超过赠给同一人的上限：一个月最多 { $limit }，本月还剩 { $left }。请减少，或下个月再赠。
gifts_enough = 对方这个月受赠够了：一个月最多 { $limit } 次。请下个月再赠，或赠入互助积分池。
gift_too_old = 太晚了：赠出后 { $days } 天内才能请对方退还。确实赠错了，请到社区说明。
gift_spent = 现在退不回：受赠的积分已经用掉或正在预留，可以退的只剩 { $left }。请等积分够了再退。
pool_short = 互助积分池不够：现在只有 { $left }。请减少，或等有人赠入后再发放。
gifts_title = 赠送积分
gifts_lead = 把自己的积分赠给家人、邻居，或者赠入互助积分池。到期日跟着积分走，不会变。
gifts_off_all = 本行现在没有开放赠送。
gifts_to_person = 赠给一位储户
gifts_to_person_hint = 对方的存折号，印在存折和卡上；也可以扫对方“收积分”的二维码
gifts_to_pool = 赠入互助积分池
gifts_to_pool_hint = 赠入{ $org }的互助积分池，由社区两人经手，发给有困难的储户。
gifts_next = 下一步：核对
gifts_check = 核对后再赠送
gifts_check_lead = 请看清是不是这个人。点“确认赠送”以前，积分不会动。
gifts_receiver = 赠给
gifts_points = 积分
gifts_confirm = 确认赠送
gifts_change = 返回修改
gifts_receive = 收积分
gifts_receive_hint = 把存折号念给对方听，或让对方用手机扫这个码。
gifts_receive_code = 收积分的二维码
gifts_list = 赠送记录
gifts_none = 还没有赠送记录。
gifts_limits = 每天最多赠 { $day } 分，一个月赠给同一人最多 { $person } 分。
gifts_pool_of = { $org }互助积分池
gifts_state = { $state ->
    [asked_back] 已请求退还
    [returned] 已退还
    [kept] 对方没有退还
   *[made] 已赠送
 }
gifts_form = { $form ->
    [family] 家人
    [donation] 赠入互助积分池
    [relief] 互助积分池发放
   *[neighbour] 邻居
 }
gifts_done = { $done ->
    [ask_gift_back] 已请对方退还。对方同意后，积分就回来了。
    [return_gift] 已退还。
    [keep_gift] 已告诉对方不退还。
    [reverse_gift] 已冲正，积分退回。
    [rules] 赠送设置已保存。
    [relief] 已提交，等第二个人复核。
   *[given] 赠送成功。
 }
gifts_line = { $form ->
    [family] { $side ->
        [out] 赠给家人{ $who }
       *[in] 家人{ $who }赠来
     }
    [donation] { $side ->
        [out] 赠入互助积分池
       *[in] 赠入互助积分池
     }
    [relief] 互助积分池发放
   *[neighbour] { $side ->
        [out] 赠给邻居{ $who }
       *[in] 邻居{ $who }赠来
     }
 }
pools_title = 互助积分池
pools_lead = 储户赠入的积分，发给有困难的储户。一人提出，另一人复核；不能发给自己、家人和自己代办的人。
pools_none = 还没有人赠入互助积分池。
pools_available = 现有
pools_relief = 从池里发放
pools_relief_hint = 受助储户的存折号；从他所在组织的池里发放
pools_propose = 提交复核
pools_gifts = 赠送一览
pools_relief_word = 互助积分池发放
gift_rules_title = 赠送
gift_rules_lead = 没有勾选的不开放。积分池里已有的仍可发放。
gift_rules_family = 家庭内赠送
gift_rules_neighbour = 邻里赠送
gift_rules_donation = 赠入互助积分池
gift_rules_save = 保存赠送设置
message_gift_in = { $form ->
    [family] 家人赠给您 { $points } 分
    [relief] 互助积分池发给您 { $points } 分
   *[neighbour] 邻居赠给您 { $points } 分
 }
message_gift_out = { $form ->
    [family] 您赠给家人 { $points } 分
    [donation] 您赠入互助积分池 { $points } 分
   *[neighbour] 您赠给邻居 { $points } 分
 }
message_gift_mistake = 赠错了人，七天内可以请对方退还。
message_gift_asked = 有人请您退还 { $points } 分
message_gift_asked_how = 对方说赠错了。退不退由您决定，点开来选。
message_gift_kept = 对方没有退还 { $points } 分
message_gift_kept_how = 确实赠错了，请到社区说明。
gift_state_label = 现在的情况
