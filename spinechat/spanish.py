"""Whether a message is in Spanish, from its words alone.

The gate asks on the raw text and the replies on the masked one, so it needs no model. A wrong
"yes" at an alarm gives an English reader a reply that says the same in English below; a wrong
"no" gives a Spanish reader an English one.
"""

from __future__ import annotations

import re
import unicodedata

# Words of Spanish that are no English ones, without accents: those that hardly a sentence can do
# without, then those of pain, surgery and need.
_SPANISH = frozenset(
    """
    que quien cual cuando cuanto cuanta cuantos cuantas donde como porque aunque pero desde
    hasta hacia entre sobre segun cada muy mas menos tambien tampoco nada nadie algo alguien
    siempre nunca jamas ahora ahorita hoy ayer anoche antier anteayer manana noche dia dias
    semana semanas meses ano rato luego todavia apenas casi bien mejor peor aqui alla abajo
    arriba encima adentro afuera antes despues ademas entonces asi nomas sola mucho mucha muchos
    muchas poco poca poquito tantito otro otra otros otras todo toda todos todas este esta estos
    estas esto ese esa eso esos esas aquel aquella unas unos uno por sus nuestro nuestra ellos
    ellas nosotros usted ustedes xq es soy eres somos estoy estamos estan estaba fui estar habia
    haber tengo tiene tienes tienen tenia tener traigo anda hago hace hacer haciendo voy vamos
    iba doy puedo puede puedes pueden podria poder quiero quiere quieres quisiera queria quieren
    necesito necesita debo debe siento siente sienten sentir sirvo creo cree sabe saber digo
    dicen dijo decir quedo queda quedar quede pienso piensa pensado pensar aguanto aguanta pasa
    pasar salir salio salen llamo llamar llame llevo lleva llevar llego tomar vivir vivo muero
    morir morirme matar matarme matando quitarme suicidar suicidarme ahorcar ahorcarme colgar
    tirar acabar cortar corta cortando lastime lastimo lastimarme callo cayo caigo cai caerme
    caer duele duelen dolia doler dolor dormido dormida dormidos dormidas durmio entumecido
    entumecida hormigueo orinar orino orina orines popo bano vejiga esfinter perdi perdio perder
    caminar camina parar pararme para levantar levanto muevo mueve respirar respiro falta aire
    pecho pierna piernas pies brazo brazos manos espalda cintura columna cuello cabeza nalgas
    pompis partes intimas entrepierna ingle herida sangre sangro fiebre calentura escalofrios
    temblando temperatura hinchado hinchada hinchadas hinchazon rojo roja caliente pantorrilla
    cirugia operacion operado operada operaron opero operar operan operen doctora enfermera cita
    clinica consulta seguro cuestan precio pastilla pastillas medicina ayuda ayudame ayudeme
    ayudar auxilio socorro miedo triste cansado cansada familia madre padre hijo hija hijos
    hermano hermana abuelo abuela abuelita esposo esposa tio nino senor senora senorita hola
    buenas buenos disculpe perdon perdone gracias oiga oye mija mijo ingles espanol hablar habla
    hablan hablo traductor interprete numero telefono ciatica paralitico paralitica silla ruedas
    caminaba vida ganas cuenta fuerte fuerza debil arrastro arrastra ambulancia emergencia
    emergencias urgencia urgencias abren cierran atienden aceptan cuidado trabajo trabajar calle
    escalera techo troca accidente choque mareo mareado vomito vomitar quitar quita quito peso
    estorbo pistola veneno soga puente amigo adormecido adormecida adormecimiento adormecidas
    sangrando desmayo desmaye orine cagando caga evacuar estrenimiento apoyar doblar agachar
    fuerzas ninguna ninguno respondio responden responde sienta sientan muriendo murio morirse
    matarse suicidio suicidarse vivia desesperado desesperada deprimido deprimida sufro sufrir
    sufriendo lastimar esperar espero espera seguridad segura salvo viene vienen hicieron hizo
    pusieron puso dieron inyeccion cirujano huele supurando drenaje tropece golpe golpee choco
    chocamos hueso huesos nervio tobillo rodilla muslo muslos cadera pantorrillas testiculos
    """.split()
)
# Words of both languages, or of names ("El Paso"): they support a guess and never make one.
_SHARED = frozenset(
    """
    a ahi al ando anos bebe cama camino carga carro casa come comer con corto cuesta da dan de
    del dice dio dolores e el ella en era favor fue grave ha hay he hernia ir la las le les lo
    los mal mama mami mano me medico mes mi mis mover mundo ni nina no nos o once pa papa papi
    paso pena pie pipi pus q real sale se ser si sin so solo son su tarde te tia toma tomo trae
    tu tus u una va van ve y ya yo
    """.split()
)
# Words that only English has. A message with some is Spanish only if its Spanish words outweigh
# them: many patients mix both.
_ENGLISH = frozenset(
    """
    the and you your yours i'm im i've ive i'll i'd i is are was were be been being it its it's
    this that these those of to for from with without at by on in out up down off into over after
    before about what when where why how who which do does did don't dont didn't can can't cant
    cannot could will won't wont would should have had having my his her their our they them she
    we us not yes and or but if then than because just really very any some all more much many
    pain back leg legs surgery feel feeling hurt hurts since yesterday today now want need get got
    go going take took like know think there here help thanks please
    """.split()
)
_WORDS = re.compile(r"[a-z']+")
# No other language opens a question so.
_OPENING = re.compile(r"[¿¡]")


def _plain(text: str) -> str:
    """Lower case and without accents, as many patients leave them out."""
    parts = unicodedata.normalize("NFD", text.lower().replace("’", "'"))
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def looks_spanish(text: str) -> bool:
    """Whether a message, however short, seems to be in Spanish or mostly so."""
    if _OPENING.search(text):
        return True
    words = _WORDS.findall(_plain(text))
    spanish, shared, english = (
        sum(word in known for word in words) for known in (_SPANISH, _SHARED, _ENGLISH)
    )
    if spanish >= 2:
        return 2 * spanish >= english
    return spanish == 1 and english == 0 and 2 * (spanish + shared) >= len(words)
