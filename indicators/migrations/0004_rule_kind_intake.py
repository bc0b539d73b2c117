from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("indicators", "0003_department_load_key")]

    operations = [
        migrations.AlterField(
            model_name="checkrule",
            name="kind",
            field=models.CharField(
                choices=[
                    ("required", "必填"),
                    ("range", "取值范围"),
                    ("relation", "项间关系"),
                    ("sum", "分项合计"),
                    ("year_on_year", "同比变动"),
                    ("outlier", "同类离群"),
                    ("unit_slip", "单位错填"),
                    ("cumulation", "累计不减"),
                    ("source", "与部门数据核对"),
                    ("intake", "读入把关"),
                ],
                default="relation",
                max_length=16,
                verbose_name="类型",
            ),
        ),
    ]
