### 存折卡、卡的密码和登记单。

cards_title = 存折卡
cards_menu = 存折卡
cards_lead = 选要打印的储户。卡要配密码才能用，密码由本人到柜台设。
cards_none = 换一个社区看看，或先开户。
cards_choose = 打印谁的
cards_one = 看这张卡
cards_type = 扫不出来，输入存折卡
cards_edition = 第几版
cards_pin = 密码
cards_pin_none = 还没有设
cards_pin_locked = 已锁住，要重设
cards_pin_set = { $day }设的
cards_pin_first = 设密码
cards_pin_new = 换密码
cards_pin_how = 请储户本人在这里输入，工作人员不要看。
cards_pin_rule = 六位数字。不用连号、重复的数字、手机号、生日和证件号。
cards_pin_button = 设六位密码
cards_pin_change = 换六位密码
cards_pin_at_till = 请储户本人输入六位密码。输错五次，卡会锁住。
cards_lost_title = 卡丢了
cards_lost_words = 打电话来也可以挂失，先问清是本人。以前印的卡马上不能用，密码不变；密码也被人知道了，就请本人来换。
cards_lost_button = 挂失 1 张卡
cards_lost_ask = 挂失不能取消：以前印的卡找回来也不能用，要另印一张。
cards_lost_confirm = 确认挂失
cards_done = { $done ->
    [lost] 已挂失：以前印的卡马上不能用了。请打印新卡，密码不变。
   *[pin] 六位密码设好了，马上可以用。
 }
cards_lost_at = 上次挂失
cards_print = 打印存折卡
cards_print_one = 打印这张卡
cards_print_a4 = 打印，一页四张
cards_print_a6 = 打印，一张一页
cards_print_words = 卡上的二维码不是付款码，没有密码不能用。
cards_printed = 要打印 { $count } 张
cards_picture = 存折卡的二维码
cards_how = 到爱心商家出示这张卡，由本人输入密码。密码不要写在卡上，不要告诉别人。
cards_limits = 每次最多 { $visit } 分，每天最多 { $day } 分，超过请到社区柜台。
cards_limit_visit = 每次最多 { $visit } 分，超过请到社区柜台。
cards_limit_day = 每天最多 { $day } 分，超过请到社区柜台。
cards_if_lost = 丢了马上打电话挂失：
cards_own_words = 没带手机、连不上网时，到爱心商家出示这张卡，输入密码。卡请到社区柜台打印，丢了请马上挂失。
cards_demo_pin = 演示卡的密码起初是 { $pin }。
cards_own_counter = 请带身份证到社区柜台设密码。
presence = { $presence ->
    [code] 出示兑换码{ $slip }
    [card] 存折卡和密码{ $slip }
    [slip] 登记单 { $slip }
   *[counter] 社区柜台代办{ $slip }
 }
receipt_presence = 怎么来的
form_pin_again = 应与上面输入的六位密码相同
slips_title = 爱心商家登记单
slips_menu = 登记单
slips_link = 没有网络时写的登记单，在这里录入
slips_enter = 录入登记单
slips_enter_words = 照单子上写的录入，要在写单子的当天。
slips_limit = 一张最多 { $points } 分。
slips_number = 登记单号
slips_number_hint = 单子右上方的号码和四个字母。
slips_card_hint = 卡上二维码下面的号码和字母。
slips_card_hint_desk = 卡上二维码下面的号码和字母；没有卡，就写存折号。
slips_goods = 商品
slips_enter_button = 录入 1 张登记单
slips_enter_at = 替商家录入
slips_all = 看全部登记单
slips_covered = 区里垫付
slips_covered_only = 只看区里垫付的
slips_none_title = 还没有录入的登记单
slips_none = 商家没有网络时写单子，当天录入后列在这里。
slips_print = 打印登记单
slips_print_hint = 每张有自己的号码，只能由这家店录入一次。
slips_make = 印新的登记单
slips_printed = 第 { $first } 号到第 { $last } 号
slips_rules = 没有网络时用。店员看卡，照卡写号码和字母，储户签名。当天录入，或交给社区柜台；每张只能录一次。
