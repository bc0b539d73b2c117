import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0001_squashed_0002_subjects_of_files"),
        ("policy", "0004_composites"),
    ]

    operations = [
        migrations.CreateModel(
            name="CompositeFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("value", models.FloatField(verbose_name="指数")),
                ("parts", models.JSONField(default=dict, verbose_name="分项")),
                ("synthetic", models.BooleanField(default=False, verbose_name="演示数据")),
                ("computed_at", models.DateTimeField(auto_now=True, verbose_name="计算时间")),
                (
                    "ruling",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="figures", to="policy.ruling"
                    ),
                ),
            ],
            options={
                "verbose_name": "综合指数",
                "verbose_name_plural": "综合指数",
                "ordering": ["ruling", "year"],
                "constraints": [models.UniqueConstraint(fields=("ruling", "year"), name="composite_figure_once")],
            },
        ),
    ]
