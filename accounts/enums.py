"""Kinds of organisations, duties, permissions and the roles that bundle them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OrganisationKind(TextChoices):
    OFFICE = "office", _("联席会议办公室")
    DEPARTMENT = "department", _("省直部门")
    CITY = "city", _("市级办公室")
    COUNTY = "county", _("县级办公室")
    PARK = "park", _("园区管理机构")


class Duty(TextChoices):
    """A department's duty (职责): which zones or figures it answers for, policy 十（一）."""

    COORDINATION = "coordination", _("统筹协调")
    COMMERCE = "commerce", _("商务")
    SCIENCE = "science", _("科技")
    CUSTOMS = "customs", _("海关")
    STATISTICS = "statistics", _("统计")
    TAXATION = "taxation", _("税务")
    INDUSTRY = "industry", _("工业和信息化")
    NATURAL_RESOURCES = "natural_resources", _("自然资源")
    ECOLOGY = "ecology", _("生态环境")
    EMERGENCY = "emergency", _("应急管理")


class Permission(TextChoices):
    """A named permission; checked as `user.may(Permission.X, path)`."""

    ZONE_VIEW = "zone.view", _("查看园区")
    LINEAGE_RECORD = "lineage.record", _("登记沿革与分成")
    EXPORT = "export", _("导出数据")
    REGISTER_VIEW = "register.view", _("查看台账")
    REGISTER_KEEP = "register.keep", _("登记台账")
    RETURN_VIEW = "return.view", _("查看报表")
    RETURN_FILL = "return.fill", _("填写报表")
    RETURN_SUBMIT = "return.submit", _("报送报表")
    RETURN_REVIEW_CITY = "return.review_city", _("市级审核")
    RETURN_REVIEW_OFFICE = "return.review_office", _("省级确认")
    ROUND_MANAGE = "round.manage", _("管理填报任务")
    DEPARTMENT_LOAD = "department.load", _("导入部门数据")
    RECONCILE = "reconcile", _("核对裁定")
    PROVINCE_SERIES_ENTER = "province_series.enter", _("录入全省数据")
    TARGET_VIEW = "target.view", _("查看目标")
    TARGET_SET = "target.set", _("设定、评判、报告和分解目标")
    POLICY_DECIDE = "policy.decide", _("确定政策用语、登记例外")
    TASK_ASSIGN = "task.assign", _("分解任务")
    TASK_REPORT = "task.report", _("报告任务进展")
    ENTERPRISE_EVALUATE = "enterprise.evaluate", _("办理企业综合评价")
    SCHEME_VIEW = "scheme.view", _("查看考核办法")
    SCHEME_EDIT = "scheme.edit", _("修订考核办法")
    SCHEME_PUBLISH = "scheme.publish", _("发布考核办法")
    RUN_VIEW = "run.view", _("查看考核结果")
    RUN_START = "run.start", _("发起考核")
    DECISION_RECORD = "decision.record", _("拟定考核决定")
    DECISION_CONFIRM = "decision.confirm", _("复核考核决定")
    MEASURE_ACT = "measure.act", _("办理处置措施和称号变动")
    OBJECTION_FILE = "objection.file", _("提出异议")
    OBJECTION_ANSWER = "objection.answer", _("答复异议")
    INCIDENT_RECORD = "incident.record", _("登记事故和问题")
    APIKEY_MANAGE = "apikey.manage", _("管理接口密钥")
    ADMINISTER = "administer", _("系统管理")


class Role(TextChoices):
    """A role (角色) is a list of permissions held in an organisation; see ROLE_PERMISSIONS."""

    PARK_FILLER = "park_filler", _("园区填报员")
    PARK_MANAGER = "park_manager", _("园区负责人")
    PROXY_FILLER = "proxy_filler", _("代填员")
    COUNTY_VIEWER = "county_viewer", _("县级查看员")
    CITY_REVIEWER = "city_reviewer", _("市级审核员")
    DEPARTMENT_OFFICER = "department_officer", _("部门业务员")
    OFFICE_STAFF = "office_staff", _("联席办工作人员")
    OFFICE_LEAD = "office_lead", _("联席办负责人")
    ADMINISTRATOR = "administrator", _("系统管理员")


_READ = frozenset(
    {
        Permission.ZONE_VIEW,
        Permission.REGISTER_VIEW,
        Permission.RETURN_VIEW,
        Permission.TARGET_VIEW,
        Permission.RUN_VIEW,
    }
)
_PARK_FILLER = _READ | {Permission.RETURN_FILL, Permission.REGISTER_KEEP}
_OFFICE = _READ | {
    Permission.EXPORT,
    Permission.REGISTER_KEEP,
    Permission.LINEAGE_RECORD,
    Permission.POLICY_DECIDE,
    Permission.TASK_ASSIGN,
    Permission.TASK_REPORT,
    Permission.SCHEME_VIEW,
    Permission.SCHEME_EDIT,
    Permission.RETURN_REVIEW_OFFICE,
    Permission.ROUND_MANAGE,
    Permission.RECONCILE,
    Permission.PROVINCE_SERIES_ENTER,
    Permission.TARGET_SET,
    Permission.ENTERPRISE_EVALUATE,
    Permission.RUN_START,
    Permission.DECISION_RECORD,
    Permission.DECISION_CONFIRM,
    Permission.MEASURE_ACT,
    Permission.OBJECTION_ANSWER,
    Permission.INCIDENT_RECORD,
    Permission.APIKEY_MANAGE,
}

ROLE_PERMISSIONS: dict[str, frozenset[str]] = {
    Role.PARK_FILLER: _PARK_FILLER,
    Role.PARK_MANAGER: _PARK_FILLER
    | {Permission.RETURN_SUBMIT, Permission.OBJECTION_FILE, Permission.EXPORT, Permission.APIKEY_MANAGE},
    # Fills in for the zones of the city (or province) in whose office it is held; parks still submit. See ADR 9.
    Role.PROXY_FILLER: _PARK_FILLER | {Permission.EXPORT},
    Role.COUNTY_VIEWER: _READ,
    Role.CITY_REVIEWER: _READ
    | {
        Permission.TASK_REPORT,
        Permission.RETURN_REVIEW_CITY,
        Permission.REGISTER_KEEP,
        Permission.ENTERPRISE_EVALUATE,
        Permission.EXPORT,
    },
    Role.DEPARTMENT_OFFICER: _READ
    | {
        Permission.SCHEME_VIEW,
        Permission.TASK_REPORT,
        Permission.EXPORT,
        Permission.APIKEY_MANAGE,
        Permission.DEPARTMENT_LOAD,
        Permission.INCIDENT_RECORD,
        Permission.REGISTER_KEEP,
    },
    Role.OFFICE_STAFF: _OFFICE,
    Role.OFFICE_LEAD: _OFFICE | {Permission.SCHEME_PUBLISH},
    Role.ADMINISTRATOR: frozenset({Permission.ADMINISTER, Permission.APIKEY_MANAGE, Permission.ZONE_VIEW}),
}


class ApiScope(TextChoices):
    READ = "read", _("读取")
    RETURN_WRITE = "return.write", _("填写和报送报表")
    RETURN_REVIEW = "return.review", _("审核报表、裁定更正")
    ROUND_WRITE = "round.write", _("管理填报任务")
    DEPARTMENT_WRITE = "department.write", _("导入部门数据")
    INCIDENT_WRITE = "incident.write", _("登记事故和问题")
    ASSESSMENT_WRITE = "assessment.write", _("办理考核程序和异议")
    REGISTER_WRITE = "register.write", _("登记台账")
    TARGET_WRITE = "target.write", _("设定、评判、报告和分解目标")
    POLICY_WRITE = "policy.write", _("确定政策用语、分解任务和填写进展")


class NoticeKind(TextChoices):
    """What a notice is about (通知类型)."""

    ROUND = "round", _("填报任务")
    REMINDER = "reminder", _("催报")
    REVIEW = "review", _("审核")
    QUESTION = "question", _("质询")
    CORRECTION = "correction", _("更正")
    RECONCILIATION = "reconciliation", _("核对")
    ASSESSMENT = "assessment", _("考核")
