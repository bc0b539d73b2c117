from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("policy", "0001_squashed_0003_versions_and_terms"),
    ]

    operations = [
        migrations.AddField(
            model_name="ruling",
            name="base_year",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="基年"),
        ),
        migrations.AddField(
            model_name="ruling",
            name="parts",
            field=models.JSONField(blank=True, default=list, verbose_name="分项和权重"),
        ),
        migrations.AddField(
            model_name="term",
            name="composite",
            field=models.BooleanField(
                default=False, help_text="要定的是指数的分项、权重和基年", verbose_name="综合指数"
            ),
        ),
    ]
