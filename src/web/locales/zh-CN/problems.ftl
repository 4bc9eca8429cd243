# 拒绝时说的话：哪里不对、填的是什么、应当是什么、为什么。写给合作社记账员和化验员看。
# problem-<slug> 对应 src/http/problem.rs 的登记表，invalid-<code> 对应取值规则。
# $field、$value、$expected 总有（可能为空），克数写成公斤时用 $value_weight、$expected_weight；其他参数只在该条每次都带时才用。数量是批次单位的整数（克或件）。

# 请求本身
problem-malformed-json = 收到的内容不是完整的 JSON：{ $value }。请检查括号、引号和逗号。
problem-wrong-type = { $field } 不能这样填，收到的是：{ $value }。应为：{ $expected }。
problem-missing-field = 请填写这一项：{ $field }。
problem-unknown-field = 没有 { $field } 这一项。可以填的有：{ $expected }。
problem-duplicate-field = { $field } 写了两次，只能写一次。
problem-invalid-value = { $field } 填的是“{ $value }”，不合规则。应为：{ $expected }。
problem-bad-address = 这个网址不是有效的编码地址，可能少了或多了字符。请对照标签重新扫描或输入。
problem-bad-parameter = 网址里的参数 { $field } 不对，收到的是“{ $value }”。应为：{ $expected }。
problem-bad-header = 请求头 { $field } 不对，收到的是“{ $value }”。应为：{ $expected }。
problem-bad-import = 这个文件不能导入。问题在 { $field }，填的是“{ $value }”，应为：{ $expected }。
problem-table-unreadable = { $value ->
    [pdf] 这是 PDF，不是表格。PDF 请放在文件原件处；数据请用 XLSX 或 CSV。
    [picture] 这是图片，不是表格。请把数据存成 XLSX 或 CSV。
    [old] 这是旧版 Excel 文件（.xls），或者带密码的文件。请另存为不带密码的 .xlsx 或 CSV。
    [locked] 这个文件带密码。请去掉密码再存一次。
    [macros] 这个工作簿带宏。请另存为普通工作簿（.xlsx）或 CSV。
   *[zip] 这个文件损坏了，或者不是工作簿。请在表格软件里打开，另存为 .xlsx 或 CSV。
  }
problem-table-too-large = { $what ->
    [columns] 这张表的列太多：到了 { $value }，最多 { $expected } 列。
    [rows] 这张表的行太多：第 { $value } 行还有内容，连表头最多 { $expected } 行。
    [texts] 这个工作簿里不同的文字太多：{ $value } 条，最多 { $expected } 条。请把结果单独复制到一个新工作簿。
    [styles] 这个工作簿的单元格样式太多：{ $value } 个，最多 { $expected } 个。请把结果单独复制到一个新工作簿，或另存为 CSV。
    [members] 这个工作簿的部件太多：{ $value } 个，最多 { $expected } 个。请把结果单独复制到一个新工作簿。
   *[size] 这张表太大：{ $value }，最多 { $expected }。
  }
problem-table-formula = 单元格 { $value } 里是公式。请用“选择性粘贴—数值”换成数字，保存后再选一次。
problem-table-merged = 单元格 { $value } 是合并的。请取消合并，一格写一个值，再选一次。
problem-table-long = 单元格 { $value } 超过 { $expected } 个字。请改短或从表里去掉，再选一次。
problem-table-format = 单元格 { $value } 显示的和里面存的数不一样：它的格式是百分比、日期，或者带有只属于格式的符号。请把格式改成“常规”或“数值”，看清显示的数，再选一次。
problem-table-column = 表里没有“{ $value }”这一列。现有表头：{ $expected }。列名请看模板。
problem-table-no-figure = { $field } 写的是“{ $value }”。这里应是检出限或定量限的数字；“未检出”写在结果一列。
problem-table-units = 单位互相矛盾：“{ $value }”这一列，和“{ $expected }”。数值和限量要用同一个单位；请换算好，再选一次。
problem-table-qualifier = { $field } 写的是“{ $value }”，旁边的结果却写着测得。请写测得的数，或者把结果写成低于定量限。
problem-table-hidden = 表里有隐藏的行或列：{ $value }。请取消隐藏，或者删掉，再选一次。
problem-table-strange-column = 不认识“{ $value }”这一列。请改成模板里的列名，或者删掉这一列。
problem-table-sample = 表里没有样品 { $value } 的行。表里有的样品：{ $expected }。
problem-unauthorised = 没有登录，或者登录已经过期。请重新登录；用密钥的，请核对密钥。
problem-log-in-first = 尚未登录，或登录已过期。请先登录再试。
problem-suspended = 本单位自 { $since } 起已被暂停：{ $reason } 可以查看和导出，恢复前不能记录。请联系平台运营方。
problem-out-of-scope = 这把密钥的权限范围不包括这一步。请换用有此权限的密钥，管理员可在“接口密钥”页新建。
problem-not-your-task = 您的单位可以做这一步，但不是每位成员都可以。请找本单位的管理员。
problem-form-expired = 这张表单属于上一次登录。请重新打开页面，再提交一次。
problem-forbidden = 您的单位不能做这一步。各类单位能做什么是定好的，比如只有检测机构能出检测报告。
problem-not-found = 没有找到 { $value } 这一项，请核对地址和编号。别的单位没有向您开放的内容，这里也查不到。
problem-method-not-allowed = 这个地址不支持这种请求方法。请对照接口说明。
problem-request-timeout = 等了太久，内容没有传完。请检查网络后再传一次。
problem-stale = 您打开以后，又有人写了一条记录（序号 { $seq }）。请重新打开，看过新内容再提交。
problem-too-large = 发来的内容太大，没有收下。表单最多 512 KiB，照片和文件最多 10 MiB；照片可以缩小后再传。
problem-file-too-large = 这个文件超过 { $expected }，没有收下。请缩小后重新选择（PDF 可以用较低的清晰度另存，照片可以缩小）。您填的其他内容都还在。
problem-unsupported-media-type = 这里不收“{ $value }”这种格式的内容。应为：{ $expected }。
problem-internal = 是我们这边出了问题，不是您填错了。请稍后再试；还不行，请把本次的请求编号告诉我们。
problem-busy = 现在提交的人多，请过几秒再试一次。
problem-database-away = 暂时连不上记录库，没有写入。请稍后原样再提交一次。
problem-no-log = 本平台目前还没有公布记录日志。记录本身仍可下载核对。
problem-no-batches = 没有可以放入审计包的批次。请换一个时段，或去掉 from 和 to。
problem-pack-too-large = 一个审计包最多放 { $expected } 个批次。请用 from 和 to 选较短的时段。
problem-log-sizes = from（{ $value }）比 to 大。请把较小的写在 from：{ $expected }。
problem-log-stopped = 暂时不能写入：这里的记录与先前公布的不一致。查询不受影响。请联系平台管理方处理；您这次提交的内容没有保存。
problem-log-unpublished = 内容已经写入，但尚未公布。请过几秒钟用同一个 Idempotency-Key 原样再提交一次。
problem-outcome-unknown = 写入时连接中断，暂时不知道是否已经写入。请用同一个 Idempotency-Key 原样再提交一次，或先查看是否已有记录。
problem-storage-full = 存储已满或只读，暂时不能写入新记录，查询不受影响。没有写入。请告知运营方，稍后原样再提交。

# 编号已被占用
problem-lot-taken = 商品条码 { $gtin } 下已经有批号 { $value }。同一条码下批号不能重复，请换一个批号。
problem-gtin-taken = 商品条码 { $value } 已经登记过。一个条码只对应一种产品。
problem-uscc-taken = 统一社会信用代码 { $value } 已经登记过。一个代码只对应一个单位。
problem-code-taken = 编号 { $value } 已经用过。同类编号不能重复，请换一个。
problem-report-number-taken = 报告编号 { $value } 已经用过。一个编号只对应一份报告。
problem-not-held-by-report = 批次 { $lot } 没有因报告 { $value } 暂停销售。暂停它的报告：{ $expected }。
problem-retest-by-instrument = 只有第三方定量检测报告（third_party）才能解除报告 { $value } 的暂停。
problem-retest-by-another = 报告 { $value } 由本机构出具，批次 { $lot } 的复检须由另一家机构承担。
problem-retest-incomplete = 这份报告没有覆盖报告 { $report } 中不合格的内容，批次 { $lot } 不能解除。缺少：{ $value }。
problem-retests-laboratory-required = 有两家机构的报告编号都是 { $report }，请在 retests_laboratory 写明是哪一家：{ $expected }。
problem-too-many-reports = 批次 { $lot } 的合格报告已达 { $expected } 份，不能再增加。

# 数量与批次状态
problem-overdrawn = 剩下的不够。您填的是 { $value }，现有 { $expected }。
problem-outputs-exceed-input = 出来的合计 { $value }，投入只有 { $expected }。产出、等外和损耗加起来不能超过投入。
problem-nothing-to-erase = 没有删除任何内容：{ $value } 没有所指的密封字段，或者一次指定了超过 { $expected } 个字段。
problem-batch-closed = 批次 { $lot } 已经结束，不能再记新的内容。记错的地方仍可更正。
problem-batch-held = { $reason ->
    [discrepancy] 批次 { $lot } 数量对不上，已暂停销售。补上更正之前，它和用它做成的批次不能包装、合批、发货，也不能开合格证。
   *[other] 批次 { $lot } 已暂停销售（检测报告：{ $report }）。解除之前，它和用它做成的批次不能包装、合批、发货，也不能开合格证。
  }
problem-batch-recalled = 批次 { $lot } 已经召回。它和用它做成的批次不能再包装、合批、发货和开合格证，也不能再召回一次。
problem-batch-not-empty = 批次 { $lot } 还有 { $left }（含退回的）。请先记清这些货的去向，再结束批次。

# 用药与采收
problem-pre-harvest-interval = 地块 { $plot } 在 { $sprayed } 用过 { $active }，安全间隔期 { $interval } 天；采收从 { $value } 开始，只隔 { $day } 天。最早 { $expected } 可以采收。
problem-implausible-yield = 地块 { $plot } 当年采收合计 { $value_weight }，超过按每公顷 { $ceiling } 吨算出的 { $expected_weight }。请核对数量；确实这么多，请确认产量（confirm_yield）再提交。
problem-too-many-treatments = { $value } 每季最多使用 { $expected } 次，这块地今年已经用满。次数以农药标签上的“每季最多使用次数”为准。

# 样品与报告
problem-sample-already-received = 样品 { $code } 已经收过样，不用再收。
problem-sample-not-received = 样品 { $code } 还没有收样。请先记收样，再出报告。
problem-not-accredited = 本机构在 { $day } 没有有效的资质认定（CMA），不能出第三方检测报告。快速检测请按“筛查”提交。

problem-handle-taken = 编号 { $value } 已被使用。请重新生成：16 个随机字节，写成 32 位 0-9 a-f。
problem-key-taken = 公钥 { $value } 已经登记过，或者是更换之前用过的。请生成新的密钥。
problem-key-revoked = 密钥 { $value } 已在 { $day } 作废，不能再用它签名。请登记新的密钥。
problem-nonce-used = 这把密钥已经用随机数 { $value } 签过一次。每份声明要用新的随机数，请重新准备后再签名。

# 品牌授权
problem-licence-other-product = 授权 { $value } 不包括商品条码 { $gtin } 这种产品。请换授权，或者请品牌所有者另行授权。
problem-licence-revoked = 授权 { $value } 已在 { $day } 撤销，不能再用，也不用再撤一次。
problem-licence-not-in-force = 包装日期 { $day } 不在授权 { $value } 的有效期内。有效期是 { $expected }。
problem-licence-quota = 授权 { $number } 只剩 { $expected } 件，这次要包装 { $value } 件。
problem-own-licence = 品牌不能授权给自己的单位。请选择别的单位。

# 合格证
problem-no-passing-report = 批次 { $lot } 没有合格的定量检测报告，不能按检测结果开合格证。快速检测不能代替定量检测。
problem-not-a-passing-report = { $value } 不是批次 { $lot } 或其来源批次在此依据下可用的合格报告。可用的报告：{ $expected }。
problem-panel-incomplete = 批次 { $lot } 用过 { $value }，合格的定量检测里没有查。承诺达标合格证管理办法要求“用什么药检什么药”，请补检后再开证。
problem-interval-not-kept = 批次 { $lot } 的用药间隔没有满足：地块 { $plot } 在 { $sprayed } 用了{ $active }，隔 { $day } 天采收，要求 { $interval } 天。这批货不能按“质量安全控制符合要求”作承诺。请取样检测，{ $active }检测合格后按检测结果开证；如果日期记错了，请先更正。

# 更正
problem-correct-first = 批次 { $lot } 已经用出 { $expected }，改成 { $value } 账就不平了。请先更正列出的那几条记录，或在同一次请求的 also 中一并更正；如果这些记录都没有错，请写明差额 discrepancy_g：{ $discrepancy }，该批次和用它做成的批次随即暂停销售。
problem-no-discrepancy = 这次更正之后的差额是 { $expected }，不能声明 { $value }。
problem-too-many-corrections = 一次最多另附 { $expected } 条更正，收到 { $value } 条。
problem-correct-at-parent = 这个数来自上一批次 { $parent }。请到那一批里更正。
problem-correct-at-plots = 这一批采自几块地，总数是各块地相加得来的，不能直接改。请逐块更正。
problem-not-correctable = { $value } 不能更正：别的记录以它为准，或者它本身就是一条更正。
problem-not-the-author = 序号 { $value } 的记录是别的单位写的。谁写的记录由谁更正，比如检测结果只有检测机构能改。
problem-nothing-changed = 现在记的就是 { $value }，没有改动。

# 提交与日期
problem-idempotency-key-reused = 提交编号（Idempotency-Key）{ $value } 已经用在另一次提交上。新的提交请用新的编号。
problem-date-in-future = { $value } 还没有到。最晚只能填 { $expected }。
problem-packed-before-picked = { $value } 还没有采收，不能包装。这一批从 { $expected } 开始采收，包装日期最早填这一天。
problem-date-before-season = { $value } 太早了，只能补记大约一年以内的事。最早可以填 { $expected }。
problem-window-reversed = 结束日期 { $value } 太早了，要在开始之后。最早可以填 { $expected }。

# 建立批次
problem-picking-days-required = 采收要写明从哪天到哪天。安全间隔期要按采收日期来核对。
problem-plots-required = 采收要写明地块，可以填 { $expected } 块，您填了 { $value } 块。
problem-plots-only-for-harvest = 只有采收才填地块。收购、采集或加工来的，请填场所或产地。
problem-plot-twice = 地块 { $value } 填了两次。同一块地请合成一行。
problem-share-required = 从几块地采收时，每块地各采多少都要填。{ $field } 没有填。
problem-shares-differ = 各地块加起来是 { $expected }，您填的总数是 { $value }。两个数要一样。
problem-origin-required = 不是自己采收的，请填场所，或者写明产地。
problem-harvest-is-loose = 刚采下来的是散货，{ $value } 却是包装产品的条码。请用散货的条码。
problem-unknown-product = 没有登记过商品条码 { $value }。请核对条码，或者先登记产品。
problem-unknown-laboratory = 编号 { $value } 不是已登记的检测机构。请从检测机构中选择。
problem-unknown-key = { $value } 不是签名一方登记过的密钥。请核对是哪把密钥签的名。
problem-bad-signature = { $field } 里的签名与将要记录的内容不符：可能是用了别的密钥，也可能是准备之后内容有变。请重新准备（{ $expected }），原样签名，并提交相同的内容。
problem-statement-not-normal = 签名之下的文字不能改动，因此必须是 Unicode 规范形式（{ $expected }）；“{ $value }”不是。请先转换，再签名。
problem-signed-field-required = { $field } 在签名范围内，必须填写。用 { $expected } 可以得到可用的值。
problem-statement-by-old-key = 更换密钥要由原密钥签名：key 必须是 { $expected }，并用原来的私钥签名。原密钥丢失时，请先作废，再登记新的密钥。
problem-countersign-required = 密钥需要协会的会签。用 { $expected } 可以得到协会要签的内容。
problem-countersign-by-association = { $value } 不是协会的密钥。只有协会可以会签。
problem-not-an-association = { $value } 不是协会。运营方只接纳协会的第一把密钥；检测机构登记自己的密钥，由协会会签。
problem-unknown-receiver = 编号 { $value } 不能作收货方：没有登记，或者就是您自己的单位。采购商请填它的统一社会信用代码。
problem-unknown-attachment = 这里没有这个文件（{ $value }），或者大小、类型对不上。请先上传文件，再提交记录。

# 数值范围
problem-amount-range = { $field } 的数量 { $value } 超出范围。应为：{ $expected }。
problem-area-range = 面积 { $value } 平方米不对。可以填 { $expected } 平方米。
problem-coordinate-range = { $field } 的坐标 { $value } 超出范围。应为 { $expected } 度，请检查经度和纬度是否填反。
problem-polygon-crosses = 地块边界自己交叉：从角点 { $value } 开始的两条边相交。请按绕地块一圈的顺序填角点。
problem-polygon-corners = 地块边界填了 { $value } 个角点。应为 { $expected } 个，也可以不填边界。
problem-no-grower = 同意公示姓名，就要填种植户姓名；不公示请不要选同意方式。
problem-no-consent = 这块地现在没有公示种植户，没有可撤回的同意。
problem-interval-range = 安全间隔期 { $value } 天太长，最多 { $expected } 天。请按农药标签填写。
problem-percent-range = { $field } 填的是 { $value }，百分数应为 { $expected }。
problem-recall-class = 召回级别填的是 { $value }，应为 { $expected } 级。食品召回管理办法只分这三级，一级最严重。

# 分级、分批、合批、包装
problem-outputs-required = { $field } 填了 { $value } 项。应为 { $expected } 项。
problem-parents-required = 合批用了 { $value } 个批次。应为 { $expected } 个。
problem-parent-twice = 批次 { $value } 填了两次。同一批次请合成一行。
problem-parents-differ = 批次 { $lot } 不能合进来。合批要同一种产品、同一个等级，而且都没有包装。
problem-too-many-ancestors = 这一批往上连着 { $value } 个批次，最多 { $expected } 个。请少合几个批次，否则查不清来源。
problem-other-unit = 产品 { $value } 与这一批对不上：散货或包装、按克或按件、净含量要一致。请核对商品条码。
problem-other-grade = 商品条码 { $value } 只能装“{ $expected }”，这一批是“{ $grade }”。请换条码，或者先分级。
problem-not-a-pack = 商品条码 { $value } 登记的是散货，不能用来包装。请用包装产品的条码。
problem-net-content-required = 包装产品要登记每件净含量，单位是克，比如 5000。
problem-packs-are-counted = 包装产品按件计数，单位请选“件”（pieces）。
problem-gtins-required = 授权要写明用在哪些商品条码上，可以填 { $expected } 个，您填了 { $value } 个。

# 单位与检测数据
problem-uscc-required = 除种植户以外，单位都要填统一社会信用代码，比如 { $expected }。
problem-not-a-laboratory = 只有检测机构才填资质认定（CMA）。这个单位不是检测机构，请去掉这一项。
problem-results-required = 检测结果填了 { $value } 项。应为 { $expected } 项。
problem-negative-result = 检测结果 { $value } 小于零。低于定量限的请选“低于定量限”，值填定量限；未检出的请选“未检出”，值填检出限。
problem-verdict-contradicts = 结果 { $value }，限量 { $limit }，按数字应为“{ $expected ->
    [pass] 合格
    [fail] 不合格
   *[not_judged] 未判定
  }”，与填的结论不一致。请核对数字和结论。
problem-received-before-drawn = 收样时间 { $value } 早于取样时间 { $expected }。请核对两个时间。
problem-temperature-reversed = 最高温度 { $value } °C 低于最低温度 { $expected } °C。两个数可能填反了。
problem-not-a-choice = { $field }不能是“{ $value }”。可以填：{ $expected }。
problem-wrong-shape = 新的值 { $value } 不合这一项的格式。请照原来的写法填，比如原来是整数就填整数。
problem-nothing-there = 那条记录里没有 { $value } 这一项。请核对要更正的是哪一项。
problem-record-too-large = 这条记录存不下。整条最多 256 KiB，一段文字最多 4096 字节，数字只能是整数。
problem-unreadable-record = 有一条已存的记录读不出来。这是我们这边的问题，请把本次的请求编号告诉我们。
problem-file-type = 这里只收照片（JPG、PNG、WebP）和 PDF。这个文件打开看不是其中一种，或者和它的名称不符。
problem-bad-photo = 这张照片不能用：打不开，或者超过 4000 万像素。请重新拍一张，或者缩小后另存为 JPEG 再传。

# 商品条码（GTIN）与位置码（GLN）
invalid-gtin-digits = 商品条码只能是数字（{ $expected }），填的是“{ $value }”。
invalid-gtin-length = 商品条码“{ $value }”的位数不对。应为 { $expected } 位之一。
invalid-gtin-check-digit = 商品条码“{ $value }”的校验位不对，按前面的数字应为 { $expected }。可能输错了一个数字，请对照条码。
invalid-gtin-14-digits = 网址里的商品条码要写满 14 位，填的是“{ $value }”。应为 { $expected }。
invalid-gln-digits = 全球位置码（GLN）只能是数字（{ $expected }），填的是“{ $value }”。
invalid-gln-length = 全球位置码（GLN）“{ $value }”的位数不对。应为 { $expected } 位。
invalid-gln-check-digit = 全球位置码（GLN）“{ $value }”的校验位不对，按前面的数字应为 { $expected }。请核对。
invalid-public-key-hex = 公钥是 64 位小写的 0-9 a-f；收到的是“{ $value }”。应为：{ $expected }。
invalid-public-key = “{ $value }”不是 Ed25519 公钥，或者是弱密钥，或者不是它唯一的规范形式。{ $expected } 会生成密钥并显示正确的公钥。
invalid-nonce = 随机数是 16 个随机字节，写作 { $expected }；收到的是“{ $value }”。
invalid-signature = Ed25519 签名写作 { $expected }；收到的是“{ $value }”。

# 批号、序列号等
invalid-lot-character = 批号里不能有“{ $value }”。可以用：{ $expected }。
invalid-lot-length = 批号“{ $value }”的长度不对。应为 { $expected } 个字符。
invalid-lot-dots = 批号不能只有点（“{ $value }”），浏览器会把它从网址里去掉。可以像这样写：{ $expected }。
invalid-serial-character = 序列号里不能有“{ $value }”。可以用：{ $expected }。
invalid-serial-length = 序列号“{ $value }”的长度不对。应为 { $expected } 个字符。
invalid-serial-dots = 序列号不能只有点（“{ $value }”），浏览器会把它从网址里去掉。可以像这样写：{ $expected }。
invalid-cpv-character = 产品变体号里不能有“{ $value }”。可以用：{ $expected }。
invalid-cpv-length = 产品变体号“{ $value }”的长度不对。应为 { $expected } 个字符。
invalid-cpv-dots = 产品变体号不能只有点（“{ $value }”），浏览器会把它从网址里去掉。可以像这样写：{ $expected }。
invalid-tpx-character = 第三方序列号里不能有“{ $value }”。可以用：{ $expected }。
invalid-tpx-length = 第三方序列号“{ $value }”的长度不对。应为 { $expected } 个字符。
invalid-tpx-dots = 第三方序列号不能只有点（“{ $value }”），浏览器会把它从网址里去掉。可以像这样写：{ $expected }。

# 标签上的网址与查询框
invalid-link-shape = “{ $value }”不是标签上的网址。应当像这样：{ $expected }。
invalid-link-key = 网址里有不认识的编号类型“{ $value }”。可以有：{ $expected }。
invalid-link-order = 网址里“{ $value }”的位置不对，或者写了两次。顺序应为：{ $expected }。
invalid-link-percent-encoding = 网址里的“{ $value }”不能还原成文字。百分号后面要有两位，比如 { $expected }。
invalid-link-query-key = 网址问号后面有不认识的数字项“{ $value }”。常用的有：{ $expected }。
invalid-link-attribute = 网址问号后面的“{ $value }”写法不对。应为：{ $expected }。
invalid-lookup-empty = 还没有输入内容。请输入编码、批号或商品条码，比如 { $expected }。
invalid-lookup-too-long = 输入太长，最多 { $expected } 个字节。请只粘贴标签上的编码或网址。
invalid-lookup-gtin-missing = “{ $value }”里没有商品条码（01）。应当像这样：{ $expected }。

# 统一社会信用代码
invalid-uscc-character = 统一社会信用代码的这一位不能是“{ $value }”。可以用：{ $expected }。
invalid-uscc-length = 统一社会信用代码“{ $value }”的长度不对。应为 { $expected } 位。
invalid-uscc-check-character = 统一社会信用代码“{ $value }”对不上校验：18 位里至少有一位抄错了。请对照营业执照逐位核对。

# 数量
invalid-grams-whole = { $field } 填的是“{ $value }”。重量要填整数克，不带小数和引号，比如 { $expected }。
invalid-grams-positive = { $field } 填的是 { $value } 克，至少要有 1 克。
invalid-grams-range = { $field } 填的是 { $value } 克，超出范围。应为：{ $expected }。
invalid-pieces-whole = { $field } 填的是“{ $value }”。件数要填整数，不带小数和引号，比如 { $expected }。
invalid-pieces-positive = { $field } 填的是 { $value } 件，至少要有 1 件。
invalid-pieces-range = { $field } 填的是 { $value } 件，超出范围。应为：{ $expected }。
invalid-weight-typed = { $field }是“{ $value }”，读不出重量。可以写“9600”（公斤）、“1200斤”、“1.5吨”。
invalid-weight-whole-grams = { $field }是“{ $value }”，不是整克。最小写到克，比如“9600”（公斤）、“1200斤”、“9.601 kg”。
invalid-area-typed = { $field }是“{ $value }”，读不出面积。可以写“18”（亩）、“1.2 ha”、“12000 m²”。
invalid-whole-typed = { $field }填的是“{ $value }”。请填整数，比如 { $expected }。
invalid-moment-typed = { $field }填的时间“{ $value }”读不出来。应当像这样：{ $expected }。
invalid-amount-whole = { $field } 填的是“{ $value }”。数量要填整数（克或件），不带小数和引号，比如 { $expected }。
invalid-amount-positive = { $field } 填的是 { $value }。数量要大于零。
invalid-amount-range = { $field } 填的是 { $value }，超出范围。应为：{ $expected }。

# 文字与编号
invalid-text-empty = { $field } 没有填。可以写 { $expected } 个字。
invalid-text-too-long = { $field } 太长，上限是 { $expected }。请写短一些。
invalid-text-control = { $field } 里有看不见的控制符（{ $value }）。请重新输入这段文字，不要从别处粘贴。
invalid-text-bidi = { $field } 里有改变文字方向的符号（{ $value }），会让人看错。请重新输入这段文字。
invalid-text-invisible = { $field } 里有看不见的字符（{ $value }），会让两个不同的名称看起来一样。请重新输入这段文字。
invalid-text-private = { $field } 里有别的电脑显示不出的字符（{ $value }），可能是自造字。请换成通用的字。
invalid-login-length = { $field }“{ $value }”的长度不对。应为 { $expected } 个字符。
invalid-login-character = { $field }里有不能用的字符：{ $value }。可以用字母、数字、汉字和 . _ - @ +。
invalid-scope-operation = 密钥的权限范围不能是“{ $value }”。可选：{ $expected }。
invalid-member-kind = { $field }“{ $value }”不在可选项里。请选一项。
invalid-code-length = { $field } 填的编号“{ $value }”长度不对。应为 { $expected } 个字符。
invalid-code-character = { $field } 的编号里不能有这个字符（{ $value }）。可以用：{ $expected }。

# 视频网址
invalid-video-url-scheme = 视频网址“{ $value }”要以 https:// 开头，比如 { $expected }。
invalid-video-url-length = 视频网址太长，最多 { $expected } 个字符。
invalid-video-url-character = 视频网址里有不能用的字符（{ $value }）。应当像这样：{ $expected }。
invalid-video-url-userinfo = 视频网址里不能带用户名或密码（“{ $value }”）。应当像这样：{ $expected }。
invalid-video-url-host = 视频网址里的域名“{ $value }”不对。应当像这样：{ $expected }。

# 二维码与图片
invalid-symbol-character = 二维码里不能有“{ $value }”，有的扫码设备会读错。只能用英文字母、数字和符号（{ $expected }）。
invalid-symbol-too-long = 内容太长，一个二维码放不下，最多 { $expected } 个字节。
invalid-module-px-range = 二维码每个小方块填的是 { $value } 像素。应为 { $expected } 像素。
invalid-caption-character = 二维码下方的文字里不能有“{ $value }”。只能用英文字母、数字和符号（{ $expected }）。
invalid-caption-size = 二维码下方的文字太多。最多是（行数 x 每行字符数）：{ $expected }。

# 小数、日期、坐标
invalid-decimal = { $field } 填的“{ $value }”不是这里用的小数写法。应当像这样：{ $expected }，不带逗号和单位。
invalid-instant = { $field } 填的时间“{ $value }”写法不对。应当像这样：{ $expected }。
invalid-instant-range = 时间 { $value } 超出范围，只收 2000 年到 9999 年的时间。
invalid-civil-date = { $field } 填的日期“{ $value }”不对，或者没有这一天。应当像这样：{ $expected }。
invalid-coordinate-range = 坐标 { $value } 超出范围。应为 { $expected } 度，请检查经度和纬度是否填反。

# 记录内部的编号
invalid-handle = “{ $value }”不是这里的编号。编号应为：{ $expected }。
invalid-digest = “{ $value }”不是指纹（SHA-256）。应为：{ $expected }。
invalid-subject = “{ $value }”没有写明是哪一个对象。应当像这样：{ $expected }。
invalid-subject-kind = 没有“{ $value }”这一类对象。可以是：{ $expected }。
invalid-role = 没有“{ $value }”这种身份。可以是：{ $expected }。
invalid-pointer = “{ $value }”没有指明记录里的哪一项。应当像这样：{ $expected }。
problem-refused-rows = 有 { $count } 行不能导入，行号和原因列在下面。整个文件都没有写入，改好后请再导入一次。
problem-nothing-said = 这条记录里什么也没有。请写备注，或者附上照片、文件、视频链接。
problem-too-many-requests = 现在提交的人太多，请一分钟后再试。
