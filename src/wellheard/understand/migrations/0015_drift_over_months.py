from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('understand', '0014_expectation_scans'),
    ]

    operations = [
        migrations.AddField(
            model_name='driftcheck',
            name='first_month',
            field=models.DateField(null=True),
        ),
    ]
