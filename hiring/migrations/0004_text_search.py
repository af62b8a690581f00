"""How text is searched: words without accents, as they stand (tl_simple) and stemmed (tl_text); name prefixes by word."""

from django.db import migrations

CONFIGURATIONS = """
CREATE TEXT SEARCH CONFIGURATION tl_simple (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION tl_simple ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;
CREATE TEXT SEARCH CONFIGURATION tl_text (COPY = english);
ALTER TEXT SEARCH CONFIGURATION tl_text ALTER MAPPING FOR hword, hword_part, word WITH unaccent, english_stem;
"""
NO_CONFIGURATIONS = "DROP TEXT SEARCH CONFIGURATION tl_simple; DROP TEXT SEARCH CONFIGURATION tl_text;"

# docs/performance.md: the vector out of line keeps the heap small; room on each page keeps touches HOT.
TABLE = """
ALTER TABLE hiring_candidatesearch SET (fillfactor = 50, toast_tuple_target = 256);
ALTER TABLE hiring_candidatesearch ALTER tsv SET STORAGE EXTERNAL;
CREATE INDEX candidate_search_name_words ON hiring_candidatesearch USING gin (to_tsvector('simple', name_norm));
"""
NO_TABLE = """
DROP INDEX candidate_search_name_words;
ALTER TABLE hiring_candidatesearch RESET (fillfactor, toast_tuple_target);
ALTER TABLE hiring_candidatesearch ALTER tsv SET STORAGE EXTENDED;
"""


class Migration(migrations.Migration):
    dependencies = [("hiring", "0003_mail_in_depth")]

    operations = [migrations.RunSQL(CONFIGURATIONS, NO_CONFIGURATIONS), migrations.RunSQL(TABLE, NO_TABLE)]
