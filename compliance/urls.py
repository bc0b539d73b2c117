"""Pages of rules, breaches and tasks."""

from django.urls import path

from compliance.views import breaches, composites, tasks

urlpatterns = [
    path("compliance/", breaches.breach_list, name="breach_list"),
    path("compliance/export/", breaches.breach_export, name="breach_export"),
    path("compliance/rules/", breaches.rule_check_list, name="rule_check_list"),
    path("compliance/rules/<slug:key>/", breaches.rule_check, name="rule_check"),
    path("compliance/zones/<slug:code>/", breaches.zone_breaches, name="zone_breaches"),
    path("compliance/<int:pk>/", breaches.breach_detail, name="breach_detail"),
    path("compliance/<int:pk>/exempt/", breaches.exemption_grant, name="exemption_grant"),
    path("compliance/exemptions/<int:pk>/withdraw/", breaches.exemption_withdraw, name="exemption_withdraw"),
    path("tasks/", tasks.task_list, name="task_list"),
    path("tasks/export/", tasks.task_export, name="task_export"),
    path("tasks/assign/", tasks.task_assign, name="task_assign"),
    path("tasks/<int:pk>/", tasks.task_detail, name="task_detail"),
    path("tasks/<int:pk>/report/", tasks.task_report, name="task_report"),
    path("tasks/<int:pk>/extend/", tasks.task_extend, name="task_extend"),
    path("policy/words/<slug:document>/<slug:key>/figures/", composites.term_figures, name="term_figures"),
    path("policy/departments/<slug:duty>/", tasks.department_policy, name="department_policy"),
    path("policy/cities/<slug:code>/", tasks.city_policy, name="city_policy"),
]
