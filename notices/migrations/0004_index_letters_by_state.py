from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notices', '0003_initial'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='notice',
            name='notice_mail_due_idx',
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('mail__in', ('due', 'sending', 'failed'))), fields=['mail', 'mail_after'], name='notice_mail_open_idx'),
        ),
    ]
