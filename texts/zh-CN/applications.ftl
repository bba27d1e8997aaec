### 商家申请：申请开店、答复、撤回。

applications_title = 商家申请
applications_door = 想开一家爱心商家？在这里申请
applications_lead = 您有店面，愿意让邻居用积分换东西，就在这里申请。社区的管理员看过以后答复您。
applications_own = 我申请过的
applications_all = 收到的申请
applications_none = 没有申请
applications_none_words = 有人申请开爱心商家，会列在这里，等管理员答复。
applications_apply = 申请开店
applications_for = 代居民申请
applications_owner = 店主
applications_owner_hint = 店主的存折编号，例如 V000012。
applications_name_hint = 招牌上的名字。
applications_address_hint = 店开在哪里，例如：示例路 8 号。
applications_fund_choice = 社区基金按积分付钱给店家
applications_donated_choice = 店家捐东西，不收钱
applications_offered_hint = 能换什么、什么时候开门。
applications_code_hint = 营业执照上的 18 位统一社会信用代码；没有执照就不填。
applications_promise = 提交就是承诺：明码标价，不搭售，不把积分换成现金，不打听顾客的积分和电话。
applications_send = 提交申请
applications_made = 申请时间
applications_decided = 答复时间
applications_papers = 营业执照等材料
applications_shop = 看这家商家
applications_approve = 同意开店
applications_approve_hint = 同意后，请在商家的页面上给店主开一个商家登录。
applications_decline = 不同意
applications_decline_hint = 店主会看到这句话，请写清还差什么。
applications_waiting = { $number } 份商家申请等您答复
application_done = { $done ->
    [apply_for_shop] 收到了。有营业执照的，请拍照传上来。答复会发到您的消息里。
    [approve_shop] 已同意，商家开好了。
    [decline_shop] 已答复：不同意。
   *[withdraw_shop] 已撤回。
 }
