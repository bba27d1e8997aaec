### 演示银行里的故事：六步，从两小时服务到审计。

story_label = 六步故事
story_heading = 跟着 2 小时志愿服务，走完全程
story_lead = 六步，大约 5 分钟。每一步自动换成办这件事的人。
story_begin = 从第 1 步开始
story_next = 下一步
story_end = 走完了，回到开头
story_or_choose = 或者选一个身份
story_at = 第 { $number } 步，共 { $all } 步 · { $title }。
story_publish = 社区办活动
story_publish_about = 时间、地点、名额，一页说清
story_publish_asks = 这是社区今天办的活动，时间、地点都在这里。看看，然后点下一步。
story_serve = 服务，报时长
story_serve_about = 选活动，核对几点到几点
story_serve_asks = 选一场活动，核对时间，报上去。然后点下一步。
story_approve = 第二人复核
story_approve_about = 核对了才公示 3 个工作日
story_approve_asks = 打开等待复核的一条，看凭证，点通过。然后点下一步。
story_points = 存入积分
story_points_about = 公示期满，自动记入存折
story_points_asks = 公示要 3 个工作日，这里看一笔已经期满存入的。看看为什么是这个分，然后点下一步。
story_shop = 到店兑换
story_shop_about = 扫码，选商品，确认
story_shop_asks = 已经扫了志愿者的码。点“下一步”认码，选一件商品，确认。然后看故事的下一步。
story_audit = 审计查来去
story_audit_about = 一页看清这笔分的来和去
story_audit_asks = 这一笔从哪一小时来，到哪家店去，谁经手，都在这一页。
